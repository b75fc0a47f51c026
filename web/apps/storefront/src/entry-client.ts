import { createSSRApp } from 'vue'
import App from './App.vue'
import './styles/main.css'

createSSRApp(App).mount('#app')
